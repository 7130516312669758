package docker

import "testing"

func TestPlaceBySystem(t *testing.T) {
	for _, c := range []struct {
		goos, given, dir string
		above            bool
	}{
		{"linux", "", "/run/secrets", false},
		{"darwin", "", "/run/secrets", false},
		{"windows", "", `C:\ProgramData\Docker\secrets`, true},
		{"windows", `D:\secrets`, `D:\secrets`, false},
		{"linux", "/x", "/x", false},
	} {
		o := Options{Dir: c.given}
		if dir, above := o.dir(c.goos), o.above(c.goos); dir != c.dir || above != c.above {
			t.Errorf("%q on %s is %s, above %v", c.given, c.goos, dir, above)
		}
	}
}
