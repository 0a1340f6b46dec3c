/**
 * A client of the Kubernetes container runtime interface: pods, containers and images of a node, by way of containerd or
 * CRI-O. {@link dev.davit.cri.CriClient} is the way in.
 */
package dev.davit.cri;
