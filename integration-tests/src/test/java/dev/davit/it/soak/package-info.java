/** What is too long for every build: {@code bin/soak} runs it. */
package dev.davit.it.soak;
