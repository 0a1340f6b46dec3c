/**
 * Values of the OCI image and distribution specifications: digests, descriptors, references, platforms, manifests,
 * indexes and image configurations, and the one tree of exceptions that all of Davit throws.
 *
 * <p>Every value is immutable and safe to share between threads. A document keeps the exact bytes it was parsed from;
 * what is built here is canonical: the same values give the same bytes.
 */
package dev.davit.oci;
