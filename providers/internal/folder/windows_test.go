package folder

import "testing"

// The rules of Windows, on any system.
func TestLocalOnWindows(t *testing.T) {
	for path, good := range map[string]bool{
		"db/password": true, "db.password": true, "a b": true, ".dot": true, "com": true, "com10": true, "conx": true, "nul.x/y": false,
		`a\b`: false, `..\x`: false, "c:x": false, "c:/x": false, "file:stream": false, "a*": false, "a?": false, `a"b`: false, "a<b": false, "a|b": false,
		"NUL": false, "nul": false, "db/con": false, "aux.txt": false, "COM1": false, "lpt9.log": false, "COM¹": false, "CONIN$": false, "prn ": false,
		"end.": false, "end ": false, "a./b": false, "a /b": false,
	} {
		if got := local(path, "windows"); got != good {
			t.Errorf("%q on Windows: %v", path, got)
		}
		for _, goos := range []string{"linux", "darwin"} {
			if !local(path, goos) {
				t.Errorf("%q on %s is refused", path, goos)
			}
		}
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		goos, parent, target, inside string
	}{
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\Docker\internal\secrets\abc`, "internal/secrets/abc"},
		{"windows", `C:\ProgramData\Docker`, `c:\programdata\DOCKER\internal\secrets\Abc`, "internal/secrets/Abc"},
		{"windows", `C:\ProgramData\Docker`, `C:/ProgramData/Docker/internal/x`, "internal/x"},
		{"windows", `C:\ProgramData\Docker\`, `\\?\C:\ProgramData\Docker\internal\x`, "internal/x"},
		{"windows", `C:\ProgramData\Docker`, `\??\C:\ProgramData\Docker\internal\x`, "internal/x"},
		{"windows", `C:\`, `C:\x`, "x"},
		{"linux", "/run", "/run/internal/secrets/abc", "internal/secrets/abc"},
		{"linux", "/", "/x", "x"},
	} {
		if inside, ok := below(c.parent, c.target, c.goos); !ok || inside != c.inside {
			t.Errorf("%s below %s on %s is %q, %v, want %q", c.target, c.parent, c.goos, inside, ok, c.inside)
		}
	}
	for _, c := range []struct{ goos, parent, target string }{
		{"windows", `C:\ProgramData\Docker`, `..\internal\secrets\abc`}, // os.Root follows it
		{"windows", `C:\ProgramData\Docker`, `internal\x`},
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\Docker`},
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\Docker\`},
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\DockerX\y`},
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\Docker\..\x`},
		{"windows", `C:\ProgramData\Docker`, `C:\ProgramData\Docker\internal\..\..\x`},
		{"windows", `C:\ProgramData\Docker`, `D:\ProgramData\Docker\x`},
		{"windows", `C:\ProgramData\Docker`, `\\server\share\x`},
		{"linux", "/run", "/RUN/x"},
		{"linux", "/run", "/run//x"},
		{"linux", "/run", "/run/../etc/x"},
		{"linux", "/run", `\run\x`},
	} {
		if inside, ok := below(c.parent, c.target, c.goos); ok {
			t.Errorf("%s is below %s on %s, as %q", c.target, c.parent, c.goos, inside)
		}
	}
}
