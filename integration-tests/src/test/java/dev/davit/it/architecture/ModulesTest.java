package dev.davit.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModulesTest {
    @Test
    void all_published_modules_are_looked_at() {
        assertThat(Published.MODULES)
                .extracting(ModuleDescriptor::name)
                .containsExactlyInAnyOrder(
                        "dev.davit.oci", "dev.davit.image", "dev.davit.registry", "dev.davit.cri", "dev.davit.testkit");
        assertThat(Published.api()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.davit.image", "dev.davit.registry", "dev.davit.cri"})
    void siblings_know_oci_spec_and_not_each_other(String module) {
        assertThat(requiredByName(module)).containsExactly("dev.davit.oci");
        assertThat(usedPackages(module)).allMatch(name -> name.startsWith(module) || name.startsWith("dev.davit.oci"));
    }

    @Test
    void oci_spec_knows_no_other_module() {
        assertThat(requiredByName("dev.davit.oci")).isEmpty();
        assertThat(usedPackages("dev.davit.oci")).allMatch(name -> name.startsWith("dev.davit.oci"));
    }

    @Test
    void public_methods_throw_no_checked_io_exception_unless_the_jdk_declared_it() {
        Stream<JavaMethod> methods = Published.api()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(ModulesTest::throwsIoException)
                .filter(method -> !isDeclaredByTheJdk(method));
        assertThat(methods.map(JavaMethod::getFullName)).isEmpty();
    }

    @Test
    void all_modules_and_what_they_depend_on_fit_on_one_module_path() {
        List<Path> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .filter(path -> !path.toString().contains("test-classes"))
                .toList();
        List<String> names = jars.stream()
                .flatMap(jar -> ModuleFinder.of(jar).findAll().stream())
                .map(module -> module.descriptor().name())
                .toList();
        List<String> roots =
                names.stream().filter(name -> name.startsWith("dev.davit.")).toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThatCode(() -> ModuleLayer.boot()
                        .configuration()
                        .resolveAndBind(ModuleFinder.of(), ModuleFinder.of(jars.toArray(Path[]::new)), roots))
                .doesNotThrowAnyException();
    }

    private static Set<String> requiredByName(String module) {
        Set<String> names = new HashSet<>();
        for (ModuleDescriptor descriptor : Published.MODULES) {
            if (descriptor.name().equals(module)) {
                descriptor.requires().stream()
                        .map(Requires::name)
                        .filter(name -> name.startsWith("dev.davit."))
                        .forEach(names::add);
            }
        }
        return names;
    }

    private static List<String> usedPackages(String module) {
        return Published.classesOf(module)
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .filter(name -> name.startsWith("dev.davit."))
                .distinct()
                .toList();
    }

    private static boolean throwsIoException(JavaMethod method) {
        return method.getThrowsClause().stream()
                .anyMatch(thrown -> thrown.getRawType().isAssignableTo(IOException.class));
    }

    private static boolean isDeclaredByTheJdk(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
                .filter(type -> type.getPackageName().startsWith("java."))
                .flatMap(type -> type.getMethods().stream())
                .anyMatch(declared -> declared.getName().equals(method.getName())
                        && declared.getRawParameterTypes().size()
                                == method.getRawParameterTypes().size());
    }
}
