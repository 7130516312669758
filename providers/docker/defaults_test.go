package docker

import "testing"

func TestDefaultDir(t *testing.T) {
	for goos, dir := range map[string]string{"linux": "/run/secrets", "darwin": "/run/secrets", "windows": `C:\ProgramData\Docker\secrets`} {
		if got := defaultDir(goos); got != dir {
			t.Errorf("on %s it is %s", goos, got)
		}
	}
}

func TestClaimsAreBounded(t *testing.T) {
	var c claims
	for i := range maxClaims + 1 {
		c.take(string(rune(i)), "first")
	}
	if len(c.by) != maxClaims {
		t.Errorf("it remembers %d", len(c.by))
	}
	if c.take(string(rune(0)), "second") != "first" || c.take("new", "second") != "second" {
		t.Error("what it remembers is wrong")
	}
}
