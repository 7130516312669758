package cli_test

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
)

func TestHelpIsGolden(t *testing.T) {
	for _, name := range append(cli.CommandNames(), "") {
		t.Run(name, func(t *testing.T) {
			args := []string{"--help"}
			file := "help/secretmux.txt"
			if name != "" {
				args, file = []string{name, "--help"}, "help/"+name+".txt"
			}
			got := rig{}.run(t, args...)
			got.want(t, 0)
			golden(t, file, got.out)
			lines := strings.Split(got.out, "\n")
			if len(lines) < 4 || lines[2] != "Examples:" || !strings.Contains(lines[3], "secretmux") {
				t.Errorf("help does not start with an example:\n%s", got.out)
			}
			for _, line := range lines {
				if utf8.RuneCountInString(line) > 80 {
					t.Errorf("a line is over 80 columns: %s", line)
				}
			}
		})
	}
}

func TestHelpOfACommandIsTheSameBothWays(t *testing.T) {
	one, two := rig{}.run(t, "get", "--help"), rig{}.run(t, "help", "get")
	if one.out != two.out || two.code != 0 {
		t.Errorf("get --help:\n%s\nhelp get:\n%s%s", one.out, two.out, two.err)
	}
}

func TestNoCommandIsAMistake(t *testing.T) {
	got := rig{}.run(t)
	got.want(t, 2, "Usage:")
	if got.out != "" {
		t.Errorf("stdout has %q", got.out)
	}
}

func TestVersion(t *testing.T) {
	rig{}.run(t, "--version").want(t, 0, "secretmux version ", runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
}
