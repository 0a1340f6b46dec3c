package dev.davit.cri;

import java.util.Optional;

/** The fields of a security context that pods and containers have in common. */
final class SecurityFields {
    private SecurityFields() {}

    static Optional<SelinuxOptions> selinux(Fields security) {
        if (!security.has("seLinuxOptions")) {
            return Optional.empty();
        }
        Fields options = security.part("seLinuxOptions");
        return Optional.of(new SelinuxOptions(
                options.text("user").orElse(""),
                options.text("role").orElse(""),
                options.text("type").orElse(""),
                options.text("level").orElse("")));
    }

    /** {@return the profile in a field such as {@code seccompProfile}} */
    static Optional<SecurityProfile> profile(Fields security, String name) {
        if (!security.has(name)) {
            return Optional.empty();
        }
        Fields profile = security.part(name);
        return Optional.of(
                switch (profile.requiredText("type")) {
                    case "RuntimeDefault" -> SecurityProfile.runtimeDefault();
                    case "Unconfined" -> SecurityProfile.unconfined();
                    case "Localhost" -> SecurityProfile.ofNode(profile.requiredText("localhostProfile"));
                    default -> throw profile.wrong("type", "RuntimeDefault, Unconfined or Localhost");
                });
    }
}
