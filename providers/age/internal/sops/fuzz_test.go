package sops_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux/providers/age/internal/sops"
)

func key() []byte { return bytes.Repeat([]byte{7}, sops.KeySize) }

// A file can be made of any text. Reading it gives the same text, and no cut goes
// unnoticed.
func FuzzDotenv(f *testing.F) {
	for _, text := range []string{"A=1\nB=2\n", "# c\n\nA=a\\nb\n", "A_unencrypted=x\\ny\nB=\n", "=\n", "A", "A=\\\\n", "#\n", "A=\xff\x00\n", "A=1\r\n", "sops_mac=x\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := sops.NewDotenv()
		file.SetEntries([]sops.Entry{{Recipient: "age1x", Wrapped: "wrapped\nkey\n"}})
		if file.Replace(key(), []byte(text)) != nil {
			return
		}
		if err := file.Seal(key(), time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		want, err := file.Values(key())
		if err != nil {
			t.Fatal(err)
		}
		again, err := sops.ParseDotenv(file.Bytes())
		if err != nil {
			if strings.Contains(text, "sops]") || strings.Contains(text, "sops:") {
				return // the text looks like another format
			}
			t.Fatal(err)
		}
		got, err := again.Values(key())
		if err != nil || !maps.Equal(got, want) || again.Metadata.Entries[0] != (sops.Entry{Recipient: "age1x", Wrapped: "wrapped\nkey\n"}) {
			t.Errorf("%q became %q, %v", want, got, err)
		}
		if err := again.Rekey(key(), bytes.Repeat([]byte{8}, sops.KeySize)); err != nil {
			t.Fatal(err)
		}
	})
}

// Reading any JSON file does not panic.
func FuzzJSON(f *testing.F) {
	meta := `"sops":{"age":[{"enc":"x","recipient":"y"}],"lastmodified":"1","mac":"ENC[]","version":"3","unencrypted_suffix":"_u"}`
	for _, text := range []string{
		`{` + meta + `}`, `{"a_u":[1,2.5,true,null,{}],` + meta + `}`, `{"a":"ENC[AES256_GCM,data:,iv:,tag:,type:]",` + meta + `}`, `[]`, `{"a":`, `{"sops":1}`,
		strings.Repeat(`{"a":[`, 200), `{"sops":{"kms":null,"age":[[]]}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := sops.ParseJSON([]byte(text))
		if err != nil {
			return
		}
		if _, err := file.Values(key()); err == nil {
			t.Error("its MAC is good without a key")
		}
	})
}
