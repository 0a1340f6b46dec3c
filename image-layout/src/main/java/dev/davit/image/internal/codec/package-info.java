/** Compressed streams. */
package dev.davit.image.internal.codec;
