/** Reading and writing tar archives. */
package dev.davit.image.internal.tar;
