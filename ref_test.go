package secretmux_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3"

func TestParseRef(t *testing.T) {
	cases := map[string]struct {
		want secretmux.Ref
		text string // the canonical form; empty: the reference itself
	}{
		"a":                                    {secretmux.Ref{Name: "a"}, ""},
		"db/password":                          {secretmux.Ref{Name: "db/password"}, ""},
		"db#password":                          {secretmux.Ref{Name: "db", Field: "password"}, ""},
		"db#a.b":                               {secretmux.Ref{Name: "db", Field: "a.b"}, ""},
		"db#/a/0/b~1c":                         {secretmux.Ref{Name: "db", Field: "/a/0/b~1c"}, ""},
		"db#/":                                 {secretmux.Ref{Name: "db", Field: "/"}, ""},
		"db# ":                                 {secretmux.Ref{Name: "db", Field: " "}, ""},
		"db#a?b=c":                             {secretmux.Ref{Name: "db", Field: "a?b=c"}, ""},
		"db?version=7":                         {secretmux.Ref{Name: "db", Version: "7"}, ""},
		"db?version=previous":                  {secretmux.Ref{Name: "db", Version: "previous"}, ""},
		"db?version=current":                   {secretmux.Ref{Name: "db"}, "db"},
		"db?version=current#a":                 {secretmux.Ref{Name: "db", Field: "a"}, "db#a"},
		"db?version=7#a":                       {secretmux.Ref{Name: "db", Version: "7", Field: "a"}, ""},
		"db?version=a/b:c=d+e%20":              {secretmux.Ref{Name: "db", Version: "a/b:c=d+e%20"}, ""},
		arn:                                    {secretmux.Ref{Name: arn}, ""},
		arn + "?version=previous#password":     {secretmux.Ref{Name: arn, Version: "previous", Field: "password"}, ""},
		"projects/p/secrets/s":                 {secretmux.Ref{Name: "projects/p/secrets/s"}, ""},
		"a b":                                  {secretmux.Ref{Name: "a b"}, ""},
		"a.b":                                  {secretmux.Ref{Name: "a.b"}, ""},
		".hidden/..data":                       {secretmux.Ref{Name: ".hidden/..data"}, ""},
		"...":                                  {secretmux.Ref{Name: "..."}, ""},
		"pässwörd/密码":                          {secretmux.Ref{Name: "pässwörd/密码"}, ""},
		"a=b&c%2F+d@e":                         {secretmux.Ref{Name: "a=b&c%2F+d@e"}, ""},
		strings.Repeat("n", 2048):              {secretmux.Ref{Name: strings.Repeat("n", 2048)}, ""},
		"a#" + strings.Repeat("f", 1024):       {secretmux.Ref{Name: "a", Field: strings.Repeat("f", 1024)}, ""},
		"a?version=" + strings.Repeat("v", 64): {secretmux.Ref{Name: "a", Version: strings.Repeat("v", 64)}, ""},
	}
	for ref, c := range cases {
		got, err := secretmux.ParseRef(ref)
		if err != nil || got != c.want {
			t.Errorf("%q: got %+v, %v; want %+v", ref, got, err, c.want)
			continue
		}
		if c.text == "" {
			c.text = ref
		}
		if got.String() != c.text {
			t.Errorf("%q: String is %q", ref, got)
		}
		if again, err := secretmux.ParseRef(got.String()); err != nil || again != got {
			t.Errorf("%q: the canonical form reads back as %+v, %v", ref, again, err)
		}
	}
}

func TestParseRefRefuses(t *testing.T) {
	for name, ref := range map[string]string{
		"nothing": "", "no name": "#" + canary, "only a version": "?version=" + canary, "only a #": "#", "only a ?": "?",
		"two #": canary + "#a#b", "version behind the field": "a#" + canary + "?version=2", "two # in a row": canary + "##a", "# at the end": canary + "#", "two ?": canary + "?version=1?version=2",
		"empty version": canary + "?version=", "empty query": canary + "?", "unknown query": "a?" + canary + "=1", "ver": "a?ver=" + canary,
		"Version": "a?Version=" + canary, "bare version": canary + "?version", "version twice": "a?version=1&version=" + canary,
		"version and more": "a?version=1&" + canary + "=2", "more and version": "a?x=1&version=" + canary, "version with a space": "a?version=1 " + canary,
		"version with a newline": "a?version=1\n" + canary, "version not UTF-8": "a?version=\xff" + canary, "long version": "a?version=" + strings.Repeat(canary, 60),
		"empty version and a field": "a?version=#" + canary,
		"NUL":                       "a\x00" + canary, "newline": canary + "\n", "carriage return": "a\r" + canary, "tab": "a\t" + canary, "DEL": "a\x7f" + canary, "C1 control": "a\u0085" + canary,
		"not UTF-8": canary + "\xff", "space before": " " + canary, "space after": canary + " ", "no-break space after": canary + "\u00a0",
		"leading /": "/" + canary, "trailing /": canary + "/", "//": "a//" + canary, "/": "/", "..": "..", ".": ".", "../": "../" + canary, "/..": canary + "/..",
		"/../": "a/../" + canary, "/./": "a/./" + canary, "long": strings.Repeat(canary, 103),
		"field with a NUL": "a#\x00" + canary, "field with a newline": "a#" + canary + "\n", "field not UTF-8": "a#" + canary + "\xff",
		"long field": "a#" + strings.Repeat(canary, 52), "bad pointer": "a#/~" + canary,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretmux.ParseRef(ref)
			wantInvalid(t, err)
			if got != (secretmux.Ref{}) {
				t.Errorf("got %+v besides the error", got)
			}
		})
	}
}

func TestValidateName(t *testing.T) {
	for _, name := range []string{"a", "db/password", arn, "a:b", "a b", "a=b"} {
		if err := secretmux.ValidateName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", canary + "#a", canary + "?version=1", "/" + canary, "a/../" + canary, canary + "\x00", " " + canary} {
		wantInvalid(t, secretmux.ValidateName(name))
	}
}

// Names are checked before any call, in every composition and in every method.
func TestNamesAreCheckedBeforeAnyCall(t *testing.T) {
	for _, name := range []string{"", "..", "/" + canary, canary + "#a", canary + "?version=1", canary + "\x00"} {
		b := has("memory:")
		for _, p := range []secretmux.Provider{
			chainOf(b), replicasOf(b, b), chainOf(replicasOf(b)), secretmux.ContinueOn(b),
			chainOf(plain(b)), chainOf(secretmux.ContinueOn(b, secretmux.ErrDenied), b),
		} {
			_, err := p.Get(t.Context(), name)
			wantInvalid(t, err)
			_, err = secretmux.GetVersion(t.Context(), p, name, "previous")
			wantInvalid(t, err)
			wantInvalid(t, getMany(t.Context(), p, name)[0].Err)
		}
		if calls := b.Gets.Load() + b.Batches.Load(); calls != 0 {
			t.Errorf("%q reached the backend %d times", name, calls)
		}
	}
}

// A name that was copied with its address is told apart from a name with a slip.
func TestNameHints(t *testing.T) {
	for name, hint := range map[string]string{
		"https://my-vault.vault.azure.net/secrets/" + canary: "only the name", "gcp://" + canary: "only the name",
		"/app/" + canary: "the / in front", canary + "/": "such as db/password", canary + "//x": "such as db/password",
	} {
		if err := secretmux.ValidateName(name); err == nil || !strings.Contains(err.Error(), hint) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v, want %q", name, err, hint)
		}
	}
}

func TestContentVersion(t *testing.T) {
	seen := map[string]string{}
	for _, value := range []string{"", "a", "b", "A", "a\x00", "a\n", string(make([]byte, 1<<20))} {
		v := secretmux.ContentVersion([]byte(value))
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(v) {
			t.Errorf("ContentVersion = %q, want 16 hexadecimal digits", v)
		}
		if other, ok := seen[v]; ok {
			t.Errorf("values of %d and %d bytes have the same version", len(value), len(other))
		}
		seen[v] = value
		if again := secretmux.ContentVersion([]byte(value)); again != v {
			t.Errorf("the same value has versions %q and %q", v, again)
		}
	}
	if secretmux.ContentVersion(nil) != secretmux.ContentVersion([]byte{}) {
		t.Error("nil and empty differ")
	}
}

// In another process the same value has another version, or a log would tell who
// tries out values.
func TestContentVersionIsOfThisProcessAlone(t *testing.T) {
	const variable = "SECRETMUX_TEST_VERSION"
	if os.Getenv(variable) != "" {
		_, _ = os.Stdout.WriteString("version=" + secretmux.ContentVersion([]byte("value")) + "\n")
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), variable+"=1")
	out, err := child.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`version=([0-9a-f]{16})`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("the child printed %q", out)
	}
	if string(found[1]) == secretmux.ContentVersion([]byte("value")) {
		t.Error("another process made the same version")
	}
}

// FuzzParseRef checks that what parses round-trips and is a name that every
// backend may be asked for, and that what does not is not quoted.
func FuzzParseRef(f *testing.F) {
	f.Add("db/password?version=previous#/a/0") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := secretmux.ParseRef(text)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		again, err := secretmux.ParseRef(ref.String())
		if err != nil || again != ref {
			t.Fatalf("%+v reads back as %+v, %v", ref, again, err)
		}
		if err := secretmux.ValidateName(ref.Name); err != nil {
			t.Fatal(err)
		}
		for segment := range strings.SplitSeq(ref.Name, "/") {
			if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, "\x00\n\r?#") {
				t.Fatalf("a segment of the name is %q", segment)
			}
		}
		if ref.Version == secretmux.VersionCurrent || strings.Contains(ref.Field, "#") {
			t.Fatalf("%+v is not canonical", ref)
		}
	})
}
