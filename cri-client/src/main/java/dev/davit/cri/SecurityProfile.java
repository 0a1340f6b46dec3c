package dev.davit.cri;

import dev.davit.cri.raw.SecurityProfile.ProfileType;
import java.util.Objects;

/** A seccomp or AppArmor profile: what a process may ask of the kernel. Immutable. */
public final class SecurityProfile {
    private static final SecurityProfile RUNTIME_DEFAULT = new SecurityProfile(ProfileType.RuntimeDefault, "");
    private static final SecurityProfile UNCONFINED = new SecurityProfile(ProfileType.Unconfined, "");

    private final dev.davit.cri.raw.SecurityProfile raw;

    private SecurityProfile(ProfileType type, String reference) {
        this.raw = dev.davit.cri.raw.SecurityProfile.newBuilder()
                .setProfileType(type)
                .setLocalhostRef(reference)
                .build();
    }

    /** {@return the profile that the runtime comes with} */
    public static SecurityProfile runtimeDefault() {
        return RUNTIME_DEFAULT;
    }

    /** {@return no profile: everything is allowed} */
    public static SecurityProfile unconfined() {
        return UNCONFINED;
    }

    /**
     * A profile of the node.
     *
     * @param reference for seccomp the absolute path of its file, for AppArmor its name
     * @return the profile
     */
    public static SecurityProfile ofNode(String reference) {
        return new SecurityProfile(ProfileType.Localhost, Objects.requireNonNull(reference, "reference"));
    }

    dev.davit.cri.raw.SecurityProfile raw() {
        return raw;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecurityProfile profile && profile.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return its kind, and its name if it has one} */
    @Override
    public String toString() {
        return raw.getProfileType() + (raw.getLocalhostRef().isEmpty() ? "" : " " + raw.getLocalhostRef());
    }
}
