package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// example is the output of settings.Example for a struct with all kinds of fields.
// TestExample of the module settings has the same text.
const example = `# Settings of this program. Copy it to .env and put the values in there: this file holds none.

# where to listen
# PORT=8443 is usual behind TLS
# int, default "8080", rules: min=1024
PORT=

# time.Duration, optional
TIMEOUT=

# url.URL, required
SITE=

# list of string, required
HOSTS=

# who to log in as
# "user" of a JSON object: string, required
# from db/creds#user
# "password" of a JSON object: secret, required, rules: min=12
# from db/creds#password
DB_CREDS=

# bytes in base64, required
# from signing/key
SIGNING_KEY=

# struct in json, required
DOC=
`

type exampleOutput struct {
	Keys []struct {
		Key, Ref, Status, Source, Class string
		Line                            int
	}
	Values, Unreadable, Repeated []struct {
		Key  string
		Line int
	}
}

func (r rig) example(t *testing.T, code int, text string) (out exampleOutput) {
	t.Helper()
	r.run(t, "check-example", exampleIn(t, text)).want(t, code)
	got := r.run(t, "check-example", "--json", exampleIn(t, text))
	got.want(t, code)
	got.decode(t, &out)
	return out
}

func exampleIn(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env.example")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (o exampleOutput) statuses() string {
	var all []string
	for _, k := range o.Keys {
		all = append(all, k.Key+" "+k.Ref+" "+k.Status)
	}
	return strings.Join(all, "\n")
}

func TestCheckExample(t *testing.T) {
	secrets := map[string]string{
		"site": leaked, "hosts": leaked, "db/creds": `{"user":"` + leaked + `","password":"` + leaked + `"}`, "signing/key": leaked, "doc": "{}",
	}
	g, m := over(secrets)
	want := `PORT port default
TIMEOUT timeout optional
SITE site answered
HOSTS hosts answered
DB_CREDS db/creds#user answered
DB_CREDS db/creds#password answered
SIGNING_KEY signing/key answered
DOC doc answered`
	if got := g.example(t, 0, example).statuses(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	m.Delete("site")
	m.Set("db/creds", `{"user":"`+leaked+`"}`)
	got := g.example(t, 1, example).statuses()
	if !strings.Contains(got, "SITE site missing") || !strings.Contains(got, "DB_CREDS db/creds#password missing") || strings.Count(got, "missing") != 2 {
		t.Errorf("got\n%s", got)
	}
	g.run(t, "check-example", exampleIn(t, example)).want(t, 1, "4 of 8 references answered, 2 missing")
	golden(t, "json/check-example.json", g.run(t, "check-example", "--json", exampleIn(t, example)).out)
}

// The file must not hold a value, not even in a comment.
func TestCheckExampleFindsValues(t *testing.T) {
	g, _ := over(map[string]string{"db/password": leaked, "db_password": leaked, "port": "1"})
	tests := []struct {
		name, text                string
		values, unreadable, twice int
	}{
		{"none", "DB_PASSWORD=\nexport PORT=\"\" \n", 0, 0, 0},
		{"a comment after it", "DB_PASSWORD= # secret\r\n", 0, 0, 0},
		{"a value", "DB_PASSWORD=" + canary + "\n", 1, 0, 0},
		{"in quotes", "DB_PASSWORD='" + canary + "'\n", 1, 0, 0},
		{"like a comment", "DB_PASSWORD=#" + canary + "\n", 1, 0, 0},
		{"commented out", "# DB_PASSWORD=" + canary + "\nDB_PASSWORD=\n", 1, 0, 0},
		{"no key", "DB_PASSWORD=\n" + canary + "\n", 0, 1, 0},
		{"a value as key", "DB_PASSWORD=\n" + canary + "=\n", 0, 1, 0},
		{"twice", "DB_PASSWORD=\nDB_PASSWORD=\n", 0, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code := 0
			if tt.values+tt.unreadable+tt.twice > 0 {
				code = 1
			}
			got := g.example(t, code, tt.text)
			if len(got.Values) != tt.values || len(got.Unreadable) != tt.unreadable || len(got.Repeated) != tt.twice {
				t.Errorf("%+v", got)
			}
		})
	}
	seed := "JBSWY3DPEHPK3PXP"
	if got := g.run(t, "check-example", exampleIn(t, seed+"=\n")); strings.Contains(got.out+got.err, seed) {
		t.Error("a text that may be a seed in base32 is printed")
	}
	if got := g.run(t, "check-example", exampleIn(t, "# from "+canary+"\nDB_PASSWORD=\n")); got.code != 1 {
		t.Errorf("code %d", got.code)
	}
}

func TestCheckExampleFails(t *testing.T) {
	g, m := over(map[string]string{"site": leaked})
	f := faults.New(faults.Options{})
	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}))
	g.backends = []secretmux.Backend{memoryBackend(f.Wrap(m))}
	if got := g.example(t, 4, "SITE_URL=\n"); len(got.Keys) != 1 || got.Keys[0].Status != "failed" || got.Keys[0].Class != "denied" {
		t.Errorf("%+v", got)
	}
	g.run(t, "check-example", filepath.Join(t.TempDir(), canary)).want(t, 2, "can't be read")
	g.run(t, "check-example", t.TempDir()).want(t, 2, "can't be read")
	g.run(t, "check-example", exampleIn(t, "# nothing\n")).want(t, 2, "no keys")
	g.run(t, "check-example", exampleIn(t, strings.Repeat("#", 1<<20)+"\n")).want(t, 2, "over 1 MiB")
	g.run(t, "check-example").want(t, 2, "one file")
	rig{}.run(t, "check-example", exampleIn(t, "A=\n")).want(t, 2, "set SECRETS")
}
