package seal

import (
	"bytes"
	"encoding/binary"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/secretmux/secretmux"
)

const keysetHint = "store a keyset of Tink for AEAD with a primary key, such as the one from NewKeyset"

// prefixLen is the version byte of Tink and the key id, which begin a sealed value.
const prefixLen = 5

// keys is a parsed keyset.
type keys struct {
	secret  secretmux.Secret // the value that it was made from
	aead    tink.AEAD
	primary uint32
	enabled map[uint32]bool
	all     map[uint32]bool // the disabled ones too
}

func parse(s secretmux.Secret) (*keys, error) {
	handle, err := read(s.Bytes())
	if err != nil {
		return nil, err
	}
	// Tink's errors are replaced, because we can't promise that they quote nothing.
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, invalid("the keyset is not for AEAD", keysetHint)
	}
	info := handle.KeysetInfo()
	k := &keys{secret: s, aead: primitive, primary: info.GetPrimaryKeyId(), enabled: map[uint32]bool{}, all: map[uint32]bool{}}
	for _, one := range info.GetKeyInfo() {
		if one.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, invalid("a key of the keyset has no Tink prefix, so a value would not say which key sealed it", keysetHint)
		}
		k.all[one.GetKeyId()] = one.GetStatus() != tinkpb.KeyStatusType_DESTROYED
		if one.GetStatus() == tinkpb.KeyStatusType_ENABLED {
			k.enabled[one.GetKeyId()] = true
		}
	}
	return k, nil
}

// read accepts both forms. A JSON document begins with a brace; in the binary form that
// byte can't begin a keyset.
func read(text []byte) (*keyset.Handle, error) {
	var from keyset.Reader = keyset.NewBinaryReader(bytes.NewReader(text))
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		from = keyset.NewJSONReader(bytes.NewReader(text))
	}
	handle, err := insecurecleartextkeyset.Read(from)
	if err != nil {
		return nil, invalid("the value is not a keyset that can be used", keysetHint)
	}
	if _, err := handle.Primary(); err != nil {
		return nil, invalid("the keyset has no primary key", keysetHint)
	}
	return handle, nil
}

// keyOf returns the id of the key that sealed a value. It returns false if the value is
// not sealed.
func keyOf(sealed []byte) (id uint32, ok bool) {
	if len(sealed) < prefixLen || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:prefixLen]), true
}

func invalid(problem, hint string) error { return secretmux.Invalid("seal", problem, hint) }
