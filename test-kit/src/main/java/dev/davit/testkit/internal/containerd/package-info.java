/** What {@code ContainerdInstance} is made of: programs, configuration, network, and the removal of all traces. */
package dev.davit.testkit.internal.containerd;
