/** The CRI client and the private containerd of the test kit, against containerd 1.6, 1.7 and 2.1. */
package dev.davit.it.cri;
