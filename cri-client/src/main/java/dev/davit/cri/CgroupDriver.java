package dev.davit.cri;

/** Who makes the control groups of pods. */
public enum CgroupDriver {
    /** The runtime itself; a parent is a path. */
    CGROUPFS,
    /** systemd; a parent is the name of a slice. */
    SYSTEMD;

    static CgroupDriver of(dev.davit.cri.raw.CgroupDriver raw) {
        return raw == dev.davit.cri.raw.CgroupDriver.CGROUPFS ? CGROUPFS : SYSTEMD;
    }
}
