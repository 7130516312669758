package gcp

import (
	"hash/crc32"
	"strings"
	"time"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
)

// maxValue is sixteen times the limit of Secret Manager. A larger value comes
// from another server.
const maxValue = 1 << 20

// answer is one version of a secret.
type answer struct {
	data    []byte
	version string // a number
	created time.Time
}

// verify checks everything that the answer itself can contradict.
func verify(r *secretmanagerpb.AccessSecretVersionResponse, id, version string) (answer, error) {
	payload := r.GetPayload()
	number, ok := versionIn(r.GetName(), id)
	switch {
	case payload == nil:
		return answer{}, errNoPayload
	case !ok, validNumber(version) && number != version:
		return answer{}, errOtherSecret
	case len(payload.GetData()) > maxValue:
		return answer{}, errTooLarge
	case payload.DataCrc32C == nil:
		return answer{}, errNoChecksum
	case int64(crc32.Checksum(payload.GetData(), crc32.MakeTable(crc32.Castagnoli))) != payload.GetDataCrc32C():
		return answer{}, errChecksum
	}
	return answer{data: payload.GetData(), version: number}, nil
}

// versionIn returns the number at the end of the resource name of one of id's
// versions. The project in it is always a number, even if the request had an id.
func versionIn(resource, id string) (number string, ok bool) {
	parts := strings.Split(resource, "/")
	if len(parts) < 6 || parts[len(parts)-4] != "secrets" || parts[len(parts)-3] != id || parts[len(parts)-2] != "versions" {
		return "", false
	}
	number = parts[len(parts)-1]
	return number, validNumber(number)
}
