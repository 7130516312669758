package cli_test

import (
	"testing"

	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
)

// A value that was pasted into any place of any command must not be in an output:
// rig.run checks that. The commands run in an empty folder.
func TestNoCommandEchoesWhatWasTyped(t *testing.T) {
	for _, name := range cli.CommandNames() {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("HOME", t.TempDir())
			lines := [][]string{{canary}, {canary, canary, canary}, {"--" + canary}, {"-" + canary}, {"x", canary}}
			for _, flag := range cli.Flags(name) {
				if flag == "file" && name != "run" {
					continue // --file is the address of an encrypted file; errors name it, as they name a link
				}
				lines = append(lines, []string{"--" + flag + "=" + canary}, []string{"--" + flag + "=" + canary, "x", canary})
			}
			r := rig{env: map[string]string{"SECRETS": "env:"}}
			for _, line := range lines {
				for _, json := range [][]string{nil, {"--json"}} {
					args := append(append([]string{name}, json...), line...)
					r.run(t, args...)
					if t.Failed() {
						t.Fatalf("after %d words of %s, the first is %.9s", len(line), name, line[0])
					}
				}
			}
		})
	}
}
