package secretmux

import "testing"

func TestLocalPath(t *testing.T) {
	for _, c := range []struct{ path, goos, want string }{
		{"/C:/secrets", "windows", "C:/secrets"},
		{"/C:/secrets", "linux", "/C:/secrets"},
		{"/etc/secrets", "windows", "/etc/secrets"},
		{"secrets", "windows", "secrets"},
	} {
		if got := localPath(c.path, c.goos); got != c.want {
			t.Errorf("%s on %s: got %s, want %s", c.path, c.goos, got, c.want)
		}
	}
}
