/** The whole path of an image, from a Java program to a pod that answers: what {@code bin/quickstart} runs. */
@NullMarked
package dev.davit.examples.quickstart;

import org.jspecify.annotations.NullMarked;
