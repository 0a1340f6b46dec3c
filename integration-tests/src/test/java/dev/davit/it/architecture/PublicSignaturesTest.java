package dev.davit.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A user of Davit meets JDK types, our own exported types, and the few others that this table names. */
class PublicSignaturesTest {
    /**
     * A class, with those nested in it, whose signatures may name the types of a package, and those below it.
     */
    private record Leave(String className, String packageName, String why) {}

    private static final List<Leave> LEAVES = List.of(
            new Leave("dev.davit.registry.RegistryClient", "okhttp3", "a user's own OkHttpClient"),
            new Leave("dev.davit.cri.CriClient", "io.grpc", "a user's own channel"),
            new Leave("dev.davit.testkit.ContainerdExtension", "org.junit.jupiter.api.extension", "what JUnit calls"));

    private static final List<String> ALWAYS = List.of("java", "javax", "org.jspecify");

    @Test
    void name_only_jdk_types_and_our_own_exported_ones() {
        Set<String> strangers = new TreeSet<>();
        Published.api().forEach(type -> {
            types(type).forEach(used -> check(type, type.getName(), used, strangers));
            members(type)
                    .forEach(member -> member.getAllInvolvedRawTypes()
                            .forEach(used -> check(type, member.getFullName(), used, strangers)));
        });
        assertThat(strangers)
                .as("public signatures that name a type which a user should not meet")
                .isEmpty();
    }

    private static Stream<JavaClass> types(JavaClass type) {
        Stream<JavaType> inherited = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> bounds = type.getTypeParameters().stream().flatMap(one -> one.getUpperBounds().stream());
        return Stream.concat(inherited, bounds).flatMap(one -> one.getAllInvolvedRawTypes().stream());
    }

    private static Stream<JavaMember> members(JavaClass type) {
        return type.getMembers().stream()
                .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC)
                        || (member.getModifiers().contains(JavaModifier.PROTECTED)
                                && !type.getModifiers().contains(JavaModifier.FINAL)))
                .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC));
    }

    private static void check(JavaClass type, String where, JavaClass used, Set<String> strangers) {
        JavaClass base = used.getBaseComponentType();
        boolean known = base.isPrimitive()
                || ALWAYS.stream().anyMatch(allowed -> isIn(base, allowed))
                || Published.EXPORTED_PACKAGES.contains(base.getPackageName())
                || LEAVES.stream()
                        .anyMatch(leave -> leave.className()
                                        .equals(Published.outermost(type).getName())
                                && isIn(base, leave.packageName()));
        if (!known) {
            strangers.add(where + " names " + base.getName());
        }
    }

    private static boolean isIn(JavaClass type, String packageName) {
        return type.getPackageName().equals(packageName)
                || type.getPackageName().startsWith(packageName + ".");
    }
}
