/** Unpacks layers by Davit and by others, in turn. */
package dev.davit.benchmarks.unpack;
