package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Known findings are left out. A new secret, and a known one in another file, are
// found. The baseline does not hold a secret, nor a digest without a key.
func TestScanBaseline(t *testing.T) {
	r := newRepo(t)
	r.write("old.txt", leaked+"\n"+token())
	g, _ := over(map[string]string{"db/password": leaked})
	file := filepath.Join(t.TempDir(), "baseline")
	g.run(t, "scan", r.dir, "--write-baseline", file).want(t, 0, "2 findings added to the baseline, which has 2 findings now")
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), canary) || strings.Contains(string(text), token()) {
		t.Errorf("the baseline holds a secret, %v", err)
	}
	if got := g.scan(t, 0, r.dir, "--baseline", file); got.Known != 2 || len(got.Findings) != 0 {
		t.Errorf("%+v", got)
	}
	r.write("old.txt", "an edit above\n"+leaked+"\n"+token())
	r.write("new.txt", leaked)
	if got := g.scan(t, 1, r.dir, "--baseline", file); got.Known != 2 || len(got.Findings) != 1 || got.Findings[0].Path != "new.txt" {
		t.Errorf("%+v", got)
	}
	g.run(t, "scan", r.dir, "--write-baseline", file).want(t, 0, "1 finding added to the baseline, which has 3 findings now")
	if err := os.WriteFile(file, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	g.run(t, "scan", r.dir, "--baseline", file).want(t, 6, "corrupt")
}

// A value that could be guessed from its digest is not added, and stays a finding.
func TestScanBaselineRefusesWeakValues(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "x correct-horse-battery y")
	g, _ := over(map[string]string{"db/password": "correct-horse-battery"})
	file := filepath.Join(t.TempDir(), "baseline")
	g.run(t, "scan", r.dir, "--include", "db/password", "--write-baseline", file).want(t, 1,
		"0 findings added", "not added to the baseline, because the value could be guessed from it: a.txt:1:3: own-value db/password (raw)")
	g.run(t, "scan", t.TempDir(), "--write-baseline", file+"2").want(t, 2, "nothing was scanned")
	if _, err := os.Stat(file + "2"); err == nil {
		t.Error("a scan of nothing wrote a baseline")
	}
}

// Other programs rely on the output of --json.
func TestScanJSONIsGolden(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "password: "+leaked+"\n"+token()+"\n"+token()+" # secretmux:allow\n")
	r.write("b.zip", "PK\x03\x04")
	r.git("init", "-q", "sub")
	r.write("sub/c.txt", leaked)
	g, _ := over(map[string]string{"db/password": leaked, "region": "eu-west-1"})
	got := g.run(t, "scan", r.dir, "--json", "--context")
	got.want(t, 1)
	var s struct{ Findings []struct{ Digest string } }
	got.decode(t, &s)
	out := got.out
	for _, f := range s.Findings { // the key is random
		if len(f.Digest) != 32 {
			t.Errorf("a digest of %d digits, want 32", len(f.Digest))
		}
		out = strings.ReplaceAll(out, f.Digest, strings.Repeat("0", 32))
	}
	golden(t, "json/scan.json", out)
}
