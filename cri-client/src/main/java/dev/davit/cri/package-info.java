/** A client of the Kubernetes container runtime interface. */
package dev.davit.cri;
