package dev.davit.cri;

import dev.davit.cri.raw.SELinuxOption;

/**
 * An SELinux label. Parts may be empty.
 *
 * @param user the user
 * @param role the role
 * @param type the type
 * @param level the level
 */
public record SelinuxOptions(String user, String role, String type, String level) {
    SELinuxOption raw() {
        return SELinuxOption.newBuilder()
                .setUser(user)
                .setRole(role)
                .setType(type)
                .setLevel(level)
                .build();
    }
}
