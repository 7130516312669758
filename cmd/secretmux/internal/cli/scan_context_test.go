package cli_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// A line is shown with every own value and token in it masked, whatever the source
// of the line is.
func TestScanContextIsMasked(t *testing.T) {
	other := canary + "-other"
	lines := []string{
		"url: postgres://app:" + leaked + "@db/" + other + " # a comment",
		"both: " + leaked + " " + token() + " behind " + leaked,
		"allowed: " + leaked + " " + token() + " # secretmux:allow",
	}
	want := []string{
		"url: postgres://app:[redacted:db/password]@db/[redacted:short] # a comment",
		"both: [redacted:db/password] [redacted:vault-token] ...",
		"both: [redacted:db/password] [redacted:vault-token] ...",
		"both: [redacted:db/password] [redacted:vault-token] ...",
		"allowed: [redacted:db/password] [redacted:vault-token] ...",
	}
	text := strings.Join(lines, "\n") + "\n"
	r := newRepo(t)
	r.add("a.txt", text)
	g, _ := over(map[string]string{"db/password": leaked, "short": other})
	g.in = text
	for _, args := range [][]string{{r.dir}, {"--staged", r.dir}, {"--history", r.dir}, {"-"}} {
		got := g.scan(t, 1, append([]string{"--context", "--except", "short"}, args...)...)
		if args[0] == "--history" {
			want = want[:2] // history reports each secret of a file once, in its first line
		}
		var shown []string
		for _, f := range got.Findings {
			shown = append(shown, f.Context)
		}
		for _, line := range want {
			if !strings.Contains(strings.Join(shown, "\n"), line) {
				t.Errorf("scan %v shows %q, want a line with %q", args, shown, line)
			}
		}
	}
}

// If a value may be missing from the mask, no line is shown.
func TestScanContextNeedsEveryValue(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "x "+token()+" "+canary)
	g, m := over(map[string]string{"db/password": leaked})
	f := faults.New(faults.Options{})
	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
	g.backends = []secretmux.Backend{memoryBackend(f.Wrap(m))}
	g.run(t, "scan", "--context", r.dir).want(t, 1, "a.txt:1:3: vault-token", "no lines are shown")
	rig{}.run(t, "scan", "--context", r.dir).want(t, 1, "a.txt:1:3: vault-token", "no lines are shown")
}

// A mask for a value of several lines, such as wrapped base64, would shift the
// lines after it.
func TestScanContextOfSeveralLines(t *testing.T) {
	long := strings.Repeat(leaked+"+", 9)
	wrapped := base64.StdEncoding.EncodeToString([]byte(long))
	wrapped = wrapped[:76] + "\n" + wrapped[76:152] + "\n" + wrapped[152:] + "\n"
	r := newRepo(t)
	r.write("a.txt", "x\n"+wrapped+"y "+leaked+" z\n")
	g, _ := over(map[string]string{"db/password": leaked, "long": long})
	for _, f := range g.scan(t, 1, "--context", r.dir).Findings {
		if f.Context != "" && !strings.Contains(f.Context, "[redacted") {
			t.Errorf("line %d is shown as %q", f.Line, f.Context)
		}
	}
}

// The values of env: are masked too, even if they are not searched for.
func TestScanContextMasksTheEnvironment(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leaked+" "+canary+"-in-env")
	g, _ := over(map[string]string{"db/password": leaked})
	g.backends = append(g.backends, rigBackends()...)
	g.env["SECRETS"], g.env["OTHER"] = "memory:,env:", canary+"-in-env"
	got := g.scan(t, 1, "--context", r.dir)
	if len(got.Findings) != 1 || !strings.HasPrefix(got.Findings[0].Context, "[redacted:db/password] [redacted:") {
		t.Errorf("%+v", got.Findings)
	}
}
