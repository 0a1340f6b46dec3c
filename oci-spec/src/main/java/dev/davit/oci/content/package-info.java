/**
 * Content-addressed bytes and the ports they move through: sources, targets, stores, and the {@link
 * dev.davit.oci.content.Copier} that moves whole graphs between them.
 */
package dev.davit.oci.content;
