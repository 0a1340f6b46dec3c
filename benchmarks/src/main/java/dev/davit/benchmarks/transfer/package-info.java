/** Davit and other clients of registries, side by side. */
package dev.davit.benchmarks.transfer;
