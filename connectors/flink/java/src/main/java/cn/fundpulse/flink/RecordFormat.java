package cn.fundpulse.flink;

import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** Format 'fundpulse': the records of a stream, in any of its encodings, as rows in their normal form. */
public final class RecordFormat implements DeserializationFormatFactory {
  private static final ConfigOption<String> FIELDS = ConfigOptions.key("fields").stringType().noDefaultValue();
  private static final ConfigOption<String> ZONE = ConfigOptions.key("zone").stringType().noDefaultValue();
  private static final ConfigOption<String> SCHEMAS = ConfigOptions.key("schemas").stringType().defaultValue("{}");
  private static final ConfigOption<String> REGISTRY = ConfigOptions.key("registry").stringType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "fundpulse";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(FIELDS, ZONE);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(SCHEMAS, REGISTRY);
  }

  @Override
  public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
      DynamicTableFactory.Context context, ReadableConfig options) {
    FactoryUtil.validateFactoryOptions(this, options);
    String fields = options.get(FIELDS);
    String zone = options.get(ZONE);
    String schemas = options.get(SCHEMAS);
    String registry = options.getOptional(REGISTRY).orElse(null);
    return new DecodingFormat<>() {
      @Override
      public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context source, DataType physical) {
        RowType row = (RowType) physical.getLogicalType();
        return new RecordDecoder(row.getFieldNames(), source.createTypeInformation(physical), fields, zone, schemas, registry);
      }

      @Override
      public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
      }
    };
  }
}
