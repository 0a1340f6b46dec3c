/** Storing images in another way. */
package dev.davit.image.internal.convert;
