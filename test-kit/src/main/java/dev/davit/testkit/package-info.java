/** An embedded registry, a containerd of its own, JUnit 5 extensions and contract suites. */
package dev.davit.testkit;
