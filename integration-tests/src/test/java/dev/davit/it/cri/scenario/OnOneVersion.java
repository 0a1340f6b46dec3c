package dev.davit.it.cri.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Scenarios that go the same way on each version of containerd: they run on one, and in {@code bin/soak} on those that the
 * system property {@code davit.cri.versions} lists.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "containerd {0}")
@ArgumentsSource(OnOneVersion.Versions.class)
@Tag("versions")
@Timeout(60)
@interface OnOneVersion {
    /** The versions that were asked for. */
    final class Versions implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Stream.of(System.getProperty("davit.cri.versions", "2.1").split(",", -1))
                    .map(Arguments::of);
        }
    }
}
