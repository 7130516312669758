package docker

import "testing"

func TestDefaultDir(t *testing.T) {
	for goos, dir := range map[string]string{"linux": "/run/secrets", "darwin": "/run/secrets", "windows": `C:\ProgramData\Docker\secrets`} {
		if got := defaultDir(goos); got != dir {
			t.Errorf("on %s it is %s", goos, got)
		}
	}
}
