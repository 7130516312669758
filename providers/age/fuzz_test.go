package age_test

import (
	"os"
	"strings"
	"testing"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux/providers/age"
)

// Reading any file does not panic, and an error quotes nothing of it.
func FuzzSops(f *testing.F) {
	fuzz(f, age.Sops, "x25519.env", "x25519.json", "key_groups.env", "secrets.yaml", "secrets.ini")
}

func FuzzAge(f *testing.F) { fuzz(f, age.Age, "x25519.env") }

func fuzz(f *testing.F, format age.Kind, fixtures ...string) {
	for _, name := range fixtures {
		content, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
		f.Add(content[:len(content)/2])
	}
	f.Add([]byte("A=" + canary + "\nA=1\n" + canary + "\nsops_mac=" + canary + "\n"))
	f.Add([]byte(`{"sops":{"age":[{"enc":"x"}],"` + canary + `":1},"a":[[[{"b":1e999}]]],"a":1}`))
	f.Add([]byte("age-encryption.org/v1\n-> X25519 " + canary + "\n--- " + canary + "\n"))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n" + canary))
	text, err := os.ReadFile("testdata/x25519.key")
	if err != nil {
		f.Fatal(err)
	}
	identities, err := filippo.ParseIdentities(strings.NewReader(string(text)))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := age.Decode(age.Options{Kind: format}, data, identities)
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("the error quotes the file: %v", err)
		}
	})
}
