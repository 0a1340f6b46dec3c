package dev.davit.it.cri.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios in which the versions of containerd differ, or would if the client did not hide it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Tag("versions")
@Timeout(60)
@interface OnEachVersion {}
