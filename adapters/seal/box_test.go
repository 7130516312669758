package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

func jsonString(text string) ([]byte, error) { return json.Marshal(text) }

func boxOf(t testing.TB, text string) *instance {
	t.Helper()
	return newInstance(t, memory.New(map[string]string{"k": text}), secretmux.Options{})
}

// Values that Tink's own API seals can be opened here, and the reverse, in both forms.
func TestItIsTinks(t *testing.T) {
	text := newKeyset()
	for _, form := range []string{text, " \n" + text, binaryOf(text)} {
		i := boxOf(t, form)
		i.opens(must(tinkOf(text).Encrypt([]byte(canary), []byte("row"))), canary, "row")
		if got := must(tinkOf(text).Decrypt(i.seal(canary, "row"), []byte("row"))); string(got) != canary {
			t.Errorf("%q", got)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	i := boxOf(t, newKeyset())
	for _, value := range []string{"", "x", "\x00\xff", strings.Repeat("x", 1<<20)} {
		sealed := i.seal(value, "row")
		if len(sealed) != len(value)+33 {
			t.Errorf("%d bytes became %d", len(value), len(sealed))
		}
		i.opens(sealed, value, "row")
		if bytes.Equal(sealed, i.seal(value, "row")) {
			t.Error("the same value seals to the same bytes")
		}
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	i := boxOf(t, newKeyset())
	sealed := i.seal(canary, "row 1")
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, tt := range map[string]struct {
		sealed  []byte
		context string
	}{
		"moved": {sealed, "row 2"}, "changed": {changed, "row 1"}, "cut": {sealed[:len(sealed)-1], "row 1"}, "prefix only": {sealed[:5], "row 1"},
		"plain": {[]byte(canary), ""}, "empty": {nil, ""}, "another keyset": {must(tinkOf(newKeyset()).Encrypt([]byte(canary), nil)), ""},
	} {
		got, err := i.Open(t.Context(), tt.sealed, []byte(tt.context))
		if !errors.Is(err, secretmux.ErrCorrupt) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		conformance.NoLeak(t, err, canary)
	}
	if !i.Old(nil) || !i.Old([]byte(canary)) || i.Old(sealed) {
		t.Error("Old")
	}
}

func TestWhatIsNoKeyset(t *testing.T) {
	good := newKeyset()
	var material struct {
		Key []struct{ KeyData struct{ Value string } }
	}
	_ = json.Unmarshal([]byte(good), &material)
	key := material.Key[0].KeyData.Value
	forMAC := must(keyset.NewHandle(mac.HMACSHA256Tag128KeyTemplate()))
	noPrefix := must(keyset.NewHandle(aead.AES256GCMNoPrefixKeyTemplate()))
	text := func(h *keyset.Handle) string {
		var out bytes.Buffer
		_ = insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&out))
		return out.String()
	}
	for name, value := range map[string]string{
		"empty": "", "text": canary, "JSON": `{"` + canary + `":1}`, "no keys": `{"primaryKeyId":1,"key":[]}`, "broken JSON": good[:len(good)/2],
		"broken binary": binaryOf(good)[:20], "no primary": disabled(good), "another primary": strings.Replace(good, `"primaryKeyId":`, `"primaryKeyId":1`, 1),
		"not for AEAD": text(forMAC), "no prefix": text(noPrefix), "an unknown type": with(good, func(k map[string]any) { k["keyData"].(map[string]any)["typeUrl"] = canary }),
		"a short key": with(good, func(k map[string]any) {
			k["keyData"].(map[string]any)["value"] = base64.StdEncoding.EncodeToString([]byte("\x1a\x10" + canary[:8]))
		}),
	} {
		store := must(secretmux.New(memory.New(map[string]string{"k": value}), secretmux.Options{}))
		b, err := seal.New(t.Context(), store, "k", seal.Options{})
		_, addErr := seal.Add([]byte(value))
		_, promoteErr := seal.Promote([]byte(value))
		if !errors.Is(err, secretmux.ErrInvalid) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, err := range []error{err, addErr, promoteErr} {
			if err != nil {
				conformance.NoLeak(t, err, canary, key)
			}
		}
		_ = store.Close()
	}
	if _, err := seal.New(t.Context(), nil, "k", seal.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a nil store: %v", err)
	}
	store := must(secretmux.New(memory.New(nil), secretmux.Options{}))
	defer func() { _ = store.Close() }()
	if _, err := seal.New(t.Context(), store, "k", seal.Options{}); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("an absent keyset: %v", err)
	}
}

func TestPromoteTakesTheNewest(t *testing.T) {
	text := newKeyset()
	if p := promoted(text); handleOf(p).KeysetInfo().GetPrimaryKeyId() != handleOf(text).KeysetInfo().GetPrimaryKeyId() {
		t.Error("the only key is not the newest")
	}
	three := added(added(text))
	info := handleOf(promoted(three)).KeysetInfo()
	if info.GetPrimaryKeyId() != info.GetKeyInfo()[2].GetKeyId() || len(info.GetKeyInfo()) != 3 {
		t.Errorf("%v", info)
	}
	if got := handleOf(three).KeysetInfo(); got.GetPrimaryKeyId() != got.GetKeyInfo()[0].GetKeyId() {
		t.Error("Add promotes")
	}
}

func FuzzOpen(f *testing.F) {
	text := newKeyset()
	store := must(secretmux.New(memory.New(map[string]string{"k": text}), secretmux.Options{}))
	b := must(seal.New(f.Context(), store, "k", seal.Options{}))
	f.Add(must(b.Seal([]byte(canary), nil)))
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if got, err := b.Open(t.Context(), sealed, []byte("another place")); err == nil {
			t.Errorf("%q opens", got)
		}
	})
}

func FuzzKeyset(f *testing.F) {
	f.Add([]byte(newKeyset()))
	f.Add([]byte(binaryOf(newKeyset())))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		next, err := seal.Add(text)
		if err != nil {
			return
		}
		if _, err := seal.Promote(next); err != nil {
			t.Error("what Add made can't be promoted")
		}
	})
}

func BenchmarkSealAndOpen(b *testing.B) {
	i := boxOf(b, newKeyset())
	value := bytes.Repeat([]byte("x"), 1024)
	sealed := must(i.Seal(value, nil))
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = i.Seal(value, nil)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = i.Open(b.Context(), sealed, nil)
		}
	})
}
