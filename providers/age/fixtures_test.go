package age_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

// sops 3.13.3 has made the fixtures: see testing/sops.
func TestFilesOfSops(t *testing.T) {
	for _, name := range []string{"x25519.env", "hybrid.env"} {
		t.Run(name, func(t *testing.T) {
			p := fixture(t, name)
			for ref, want := range map[string]string{
				"url": "https://example.com/?a=b&c=d#e", "db/password": "hunter2", "db-password": "hunter2", "api/key": `"with quotes"`, "empty": "",
				"cert": "-----BEGIN X-----\nline two\n-----END X-----\n", "spaces": "  both ends  ", "hash": "a #b $c `d` \\t", "unicode": "ключ", "equals": "a=b==",
			} {
				wantValue(t, open(t, p), ref, want)
			}
			var listed []string
			for info, err := range p.List(t.Context(), "") {
				must(t, err)
				listed = append(listed, info.Name)
			}
			// No name has the key REGION_unencrypted, because names become upper case.
			if want := "api_key cert db_password empty equals hash spaces unicode url"; strings.Join(listed, " ") != want {
				t.Errorf("it lists %q", listed)
			}
			must(t, p.Check(t.Context()))
		})
	}
}

// open returns another provider of the same file, which has not been asked for a name
// yet.
func open(t *testing.T, p *age.Provider) secretmux.Provider {
	t.Helper()
	u, err := secretmux.ParseURI(p.String())
	must(t, err)
	again, err := age.Backend()[u.Scheme](t.Context(), u)
	must(t, err)
	return again
}

func TestJSONOfSops(t *testing.T) {
	for _, name := range []string{"x25519.json", "hybrid.json"} {
		t.Run(name, func(t *testing.T) {
			p := fixture(t, name)
			for ref, want := range map[string]string{
				"api/key": "k\"<&>\nю", "ratio": "1.5", "big": "9007199254740993", "off": "false", "empty": "", "object": "{}",
				"db": `{"password":"hunter2","port":5432,"tls":true}`, "list": `["a",{"x":"y"},[]]`,
				"region_unencrypted": `{"name":"eu-west-1","zones":3,"share":0.25,"on":true}`,
			} {
				wantValue(t, p, ref, want)
			}
			wantClass(t, p, "none", secretmux.ErrNotFound)
			wantClass(t, p, "sops", secretmux.ErrNotFound)
			s, err := p.Get(t.Context(), "db")
			must(t, err)
			port, err := s.Field("port")
			if err != nil || port.Reveal() != "5432" {
				t.Errorf("db#port is %q, %v", port.Reveal(), err)
			}
			var plain map[string]any
			must(t, json.Unmarshal([]byte(read(t, "testdata/plain.json")), &plain))
			var listed []string
			for info, err := range p.List(t.Context(), "") {
				must(t, err)
				listed = append(listed, info.Name)
			}
			delete(plain, "none")
			delete(plain, "API_KEY")
			slices.Sort(listed)
			listed = slices.DeleteFunc(listed, func(name string) bool { return name == "api/key" }) // the name that it was asked for
			for _, name := range listed {
				if _, ok := plain[name]; !ok {
					t.Errorf("it lists %s", name)
				}
				delete(plain, name)
			}
			if len(plain) > 0 {
				t.Errorf("it lists nothing of %v", reflect.ValueOf(plain).MapKeys())
			}
		})
	}
	s, err := fixture(t, "binary.json").Get(t.Context(), "data")
	if err != nil || s.Reveal() != read(t, "testdata/plain.bin") {
		t.Errorf("a binary file: %q, %v", s.Reveal(), err)
	}
}

// An unsupported mode is refused, and the error names it.
func TestModesOfSopsAreRefused(t *testing.T) {
	for _, mode := range []string{
		"encrypted_regex", "unencrypted_regex", "encrypted_suffix", "encrypted_comment_regex", "unencrypted_comment_regex", "mac_only_encrypted", "key_groups",
	} {
		err := wantClass(t, fixture(t, mode+".env"), "db/password", secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), mode) && (mode != "key_groups" || !strings.Contains(err.Error(), "shamir_threshold")) {
			t.Errorf("%s is not named: %v", mode, err)
		}
	}
	for name, kind := range map[string]string{"secrets.yaml": "YAML", "secrets.ini": "INI"} {
		_, err := age.New(age.Options{Kind: age.Sops, Path: "testdata/" + name})
		if err == nil || !strings.Contains(err.Error(), kind) {
			t.Errorf("%s: %v", name, err)
		}
		f := newFile(t, age.Sops, newPair(t))
		f.write(t, read(t, "testdata/"+name)) // with the name of a .env file
		err = wantClass(t, f.provider(t), "db/password", secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), kind) {
			t.Errorf("the content of %s: %v", name, err)
		}
	}
}
