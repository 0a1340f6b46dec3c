/** The files of an image layout beside its blobs. */
package dev.davit.image.internal.layout;
