package sops_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// fixture is a file that sops makes of a plain one.
type fixture struct {
	name, plain string
	// key is the kind of its recipient.
	key string
	// args are further ones of sops encrypt.
	args []string
	// rule is the line of .sops.yaml for what has no option of the command.
	rule string
}

func fixtures() []fixture {
	all := []fixture{
		{name: "x25519.env", plain: "plain.env", key: "x25519"},
		{name: "hybrid.env", plain: "plain.env", key: "hybrid"},
		{name: "x25519.json", plain: "plain.json", key: "x25519"},
		{name: "hybrid.json", plain: "plain.json", key: "hybrid"},
		{name: "binary.json", plain: "plain.bin", key: "x25519", args: []string{"--input-type", "binary", "--output-type", "json"}},
		{name: "secrets.yaml", plain: "plain.json", key: "x25519", args: []string{"--input-type", "json", "--output-type", "yaml"}},
		{name: "secrets.ini", plain: "plain.ini", key: "x25519"},
	}
	for mode, value := range map[string]string{
		"encrypted_regex": "^DB_", "unencrypted_regex": "^URL", "encrypted_suffix": "_SECRET",
		"encrypted_comment_regex": "secret", "unencrypted_comment_regex": "public", "mac_only_encrypted": "true",
	} {
		all = append(all, fixture{name: mode + ".env", plain: "plain.env", key: "x25519", rule: mode + ": " + value})
	}
	return all
}

func TestFixtures(t *testing.T) {
	if *update {
		makeKeys(t)
	}
	for _, f := range fixtures() {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join(testdata, f.name)
			if *update {
				encrypt(t, f, "age: "+public(t, f.key))
			}
			if strings.HasSuffix(f.name, ".env") {
				want := must[[]byte](t)(os.ReadFile(filepath.Join(testdata, f.plain)))
				if got := run(t, filepath.Join(testdata, f.key+".key"), "decrypt", path); !bytes.Equal(got, want) {
					t.Errorf("sops decrypts it to %q", got)
				}
			}
		})
	}
	if *update {
		other := must[*age.X25519Identity](t)(age.GenerateX25519Identity()).Recipient().String()
		encrypt(t, fixture{name: "key_groups.env", plain: "plain.env"},
			"key_groups: [{age: ["+public(t, "x25519")+"]}, {age: ["+other+"]}]\n    shamir_threshold: 2")
	}
}

// encrypt makes the fixture for these recipients.
func encrypt(t *testing.T, f fixture, recipients string) {
	t.Helper()
	config := filepath.Join(t.TempDir(), ".sops.yaml")
	write(t, config, []byte("creation_rules:\n  - "+recipients+"\n    "+f.rule+"\n"))
	args := append([]string{"--config", config, "encrypt"}, f.args...)
	write(t, filepath.Join(testdata, f.name), run(t, "", append(args, filepath.Join(testdata, f.plain))...))
}

func public(t *testing.T, key string) string {
	t.Helper()
	return strings.TrimSpace(string(must[[]byte](t)(os.ReadFile(filepath.Join(testdata, key+".pub")))))
}

// makeKeys makes the keys that are missing.
func makeKeys(t *testing.T) {
	t.Helper()
	x := must[*age.X25519Identity](t)(age.GenerateX25519Identity())
	h := must[*age.HybridIdentity](t)(age.GenerateHybridIdentity())
	for kind, pair := range map[string][2]string{"x25519": {x.String(), x.Recipient().String()}, "hybrid": {h.String(), h.Recipient().String()}} {
		path := filepath.Join(testdata, kind)
		if _, err := os.Stat(path + ".key"); err == nil {
			continue
		}
		write(t, path+".key", []byte("# A key of these tests. It opens nothing else.\n"+pair[0]+"\n"))
		write(t, path+".pub", []byte(pair[1]+"\n"))
	}
}

func generate() (interface{ String() string }, error) {
	x, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return x.Recipient(), nil
}
