package seal

import (
	"bytes"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// NewKeyset returns a keyset with one AES-256-GCM key, as JSON for the backend. It is a
// secret.
func NewKeyset() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, invalid("a key could not be made", "")
	}
	return write(handle)
}

// Add returns keyset, in either form, with one more AES-256-GCM key, as JSON. The new
// key opens values and does not seal. Promote it when every instance has read the
// result. A keyset that can't be used is ErrInvalid.
func Add(keyset []byte) ([]byte, error) {
	return change(keyset, func(m *manager) error {
		_, err := m.Add(aead.AES256GCMKeyTemplate())
		return err
	})
}

// Promote returns keyset, in either form, with its newest key as the primary, as JSON.
// The newest is the enabled key that was added last. If it is already the primary,
// nothing changes. A keyset that can't be used is ErrInvalid.
func Promote(keyset []byte) ([]byte, error) {
	return change(keyset, func(m *manager) error {
		newest := m.info.GetPrimaryKeyId()
		for _, one := range m.info.GetKeyInfo() { // in the order in which they were added
			if one.GetStatus() == tinkpb.KeyStatusType_ENABLED {
				newest = one.GetKeyId()
			}
		}
		return m.SetPrimary(newest)
	})
}

// manager changes a keyset, and can describe it.
type manager struct {
	*keyset.Manager

	info *tinkpb.KeysetInfo
}

func change(text []byte, how func(*manager) error) ([]byte, error) {
	handle, err := read(text)
	if err != nil {
		return nil, err
	}
	m := &manager{keyset.NewManagerFromHandle(handle), handle.KeysetInfo()}
	if err := how(m); err != nil {
		return nil, invalid("the keyset could not be changed", keysetHint)
	}
	changed, err := m.Handle()
	if err != nil {
		return nil, invalid("the keyset could not be changed", keysetHint)
	}
	return write(changed)
}

func write(handle *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, invalid("the keyset could not be written", "")
	}
	return text.Bytes(), nil
}
