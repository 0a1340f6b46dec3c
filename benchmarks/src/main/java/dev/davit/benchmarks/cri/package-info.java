/** What the client of container runtimes costs, and what a real runtime takes beside it. */
package dev.davit.benchmarks.cri;
