package cn.fundpulse.flink;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Writes rows of texts, whole numbers and bytes (in hex) as objects of JSON, one a line; what is NULL is left out. */
final class ArchiveWriter implements BulkWriter<RowData> {
  /** Half the time of the default, and a tenth more bytes. */
  private static final int LEVEL = 3;

  private final List<RowType.RowField> fields;
  private final String[] names;
  private final FSDataOutputStream stream;
  private final GZIPOutputStream zipped;
  private final StringBuilder line = new StringBuilder(2048);

  ArchiveWriter(RowType row, FSDataOutputStream stream) throws IOException {
    this.fields = row.getFields();
    this.names = fields.stream().map(field -> '"' + field.getName() + "\":").toArray(String[]::new);
    this.stream = stream;
    this.zipped = new GZIPOutputStream(unclosed(stream), 1 << 16) {
      {
        def.setLevel(LEVEL);
      }
    };
  }

  /** Whose stream it is closes it. */
  private static OutputStream unclosed(OutputStream stream) {
    return new FilterOutputStream(stream) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void addElement(RowData row) throws IOException {
    line.setLength(0);
    line.append('{');
    for (int i = 0; i < names.length; i++) {
      if (row.isNullAt(i)) continue;
      if (line.length() > 1) line.append(',');
      line.append(names[i]);
      append(row, i, fields.get(i).getType());
    }
    line.append("}\n");
    zipped.write(line.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void append(RowData row, int i, LogicalType type) {
    switch (type.getTypeRoot()) {
      case INTEGER -> line.append(row.getInt(i));
      case BIGINT -> line.append(row.getLong(i));
      case VARBINARY -> line.append('"').append(HexFormat.of().formatHex(row.getBinary(i))).append('"');
      case VARCHAR -> quote(row.getString(i).toString());
      default -> throw new IllegalArgumentException("a column of type " + type);
    }
  }

  private void quote(String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') line.append('\\').append(c);
      else if (c < ' ') line.append(String.format("\\u%04x", (int) c));
      else line.append(c);
    }
    line.append('"');
  }

  @Override
  public void flush() throws IOException {
    zipped.flush();
  }

  @Override
  public void finish() throws IOException {
    zipped.finish();
    stream.flush();
  }
}
