package dev.davit.cri;

/**
 * What a runtime is.
 *
 * @param name its name, such as {@code containerd}
 * @param version its version, such as {@code 1.7.24}
 * @param apiVersion the version of the interface it speaks: {@code v1}
 */
public record RuntimeVersion(String name, String version, String apiVersion) {
    /** {@return name and version} */
    @Override
    public String toString() {
        return name + " " + version;
    }
}
