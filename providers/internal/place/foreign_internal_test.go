package place

import "testing"

// A path of Windows is a strange file name elsewhere, and a good path there.
func TestForeignPaths(t *testing.T) {
	for path, onUnix := range map[string]bool{
		`C:\app\.env`: true, "C:/app/.env": true, "/C:/app": true, "c:": true, `\\host\share`: true, `conf\.env`: true, `.\.env`: true,
		"/etc/app/.env": false, "a:b": false, "ab:/c": false, "/a/C:/b": false, ".env": false,
	} {
		for goos, want := range map[string]bool{"linux": onUnix, "darwin": onUnix, "windows": false} {
			if got := foreign(path, goos); (got != "") != want {
				t.Errorf("%s on %s: %q", path, goos, got)
			}
		}
	}
}
