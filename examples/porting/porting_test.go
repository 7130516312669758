// Package porting tests that the service does the same before and after.
package porting

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestBeforeAndAfterAreAlike(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./before", "./after").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	tests := []struct {
		name, dotenv string
		env          []string
		want         string // nothing: it does not start
	}{
		{"nothing is set", "", nil, ""},
		{"from the environment", "", []string{"DB_PASSWORD=s3cret", "PORT=9000"}, "port 9000, a password of 6 characters\n"},
		{"from .env", "DB_PASSWORD='in a file'\n", nil, "port 8080, a password of 9 characters\n"},
		{"the environment comes first", "DB_PASSWORD=other\nPORT=1\n", []string{"DB_PASSWORD=s3cret"}, "port 1, a password of 6 characters\n"},
		{"an empty variable is not set", "", []string{"DB_PASSWORD="}, ""},
		{"godotenv's own ways", "A=b\nDB_PASSWORD=\"x${A}\" # a comment\n", nil, "port 8080, a password of 2 characters\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, program := range []string{"before", "after"} {
				folder := t.TempDir()
				if tt.dotenv != "" {
					if err := os.WriteFile(filepath.Join(folder, ".env"), []byte(tt.dotenv), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				command := exec.Command(filepath.Join(bin, program))
				command.Dir, command.Env = folder, append(systemRoot(), tt.env...)
				out, err := command.Output()
				if string(out) != tt.want || (err == nil) != (tt.want != "") {
					t.Errorf("%s: %q, %v; want %q", program, out, err, tt.want)
				}
			}
		})
	}
}

// systemRoot is what programs on Windows can't start without.
func systemRoot() []string {
	env := []string{"HOME=/"}
	for _, pair := range os.Environ() {
		if strings.HasPrefix(strings.ToUpper(pair), "SYSTEMROOT=") {
			env = append(env, pair)
		}
	}
	return env
}
