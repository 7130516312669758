package age

import (
	"bytes"

	"filippo.io/age"

	"github.com/secretmux/secretmux/providers/age/internal/sops"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// content is the plain text of a file.
type content struct {
	values map[string]string
	// json says that the keys are members of an object. Their names are not changed.
	json bool
	// whole is the plain text if the file is one secret.
	whole []byte
}

// decode decrypts the data of a file.
func (o Options) decode(data []byte, identities []age.Identity) (content, error) {
	if o.Kind == Sops {
		return decodeSops(data, identities)
	}
	plain, err := decrypt(data, identities)
	if err != nil || o.Name != "" {
		return content{whole: plain}, err
	}
	values, err := dotenv.Parse(plain)
	if err != nil {
		return content{}, err
	}
	return content{values: values}, nil
}

func decodeSops(data []byte, identities []age.Identity) (content, error) {
	if isJSON(data) {
		return decodeJSON(data, identities)
	}
	file, err := sops.ParseDotenv(data)
	if err != nil {
		return content{}, err
	}
	key, err := dataKey(file.Metadata, identities)
	if err != nil {
		return content{}, err
	}
	values, err := file.Values(key)
	return content{values: values}, err
}

func decodeJSON(data []byte, identities []age.Identity) (content, error) {
	file, err := sops.ParseJSON(data)
	if err != nil {
		return content{}, err
	}
	key, err := dataKey(file.Metadata, identities)
	if err != nil {
		return content{}, err
	}
	members, err := file.Values(key)
	if err != nil {
		return content{}, err
	}
	values := make(map[string]string, len(members))
	for name, value := range members {
		if !value.Null {
			values[name] = value.Text
		}
	}
	return content{values: values, json: true}, nil
}

func isJSON(data []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) }
