import kafkajs from "kafkajs";
import { lz4Decompress, snappyDecompress, zstdDecompress } from "../compression/codecs.js";

/** Teaches kafkajs, which knows gzip alone, every codec that a producer may use (for reading). */
export function registerCodecs(): void {
  const codecs = kafkajs.CompressionCodecs as Record<number, unknown>;
  const types = kafkajs.CompressionTypes;
  const reader = (decompress: (bytes: Buffer) => Buffer) => () => ({
    decompress: async (bytes: Buffer) => decompress(bytes),
    compress: async () => {
      throw new Error("this codec is here for reading only");
    },
  });
  codecs[types.Snappy] = reader(snappyDecompress);
  codecs[types.LZ4] = reader(lz4Decompress);
  codecs[types.ZSTD] = reader(zstdDecompress);
}
